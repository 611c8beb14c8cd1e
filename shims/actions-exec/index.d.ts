export function getExecOutput(command: string, args?: string[], options?: object): Promise<never>;
