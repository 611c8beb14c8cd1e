type Values = Readonly<Record<string, string>>;

/** How the runner names the variable of an input; hyphens stay (actions/runner: Handler.cs). */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** Environment variables for the inputs and the saved state of a step; names as written in a workflow. */
export function runnerVariables({
  inputs = {},
  state = {},
}: {
  readonly inputs?: Values;
  readonly state?: Values;
}): Values {
  return Object.fromEntries([
    ...Object.entries(inputs).map(([name, value]) => [inputVariable(name), value]),
    ...Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]),
  ]);
}
