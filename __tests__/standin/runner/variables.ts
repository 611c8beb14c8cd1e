type Values = Readonly<Record<string, string>>;

/** How the runner names the variable of an input; hyphens stay (actions/runner: Handler.cs). */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** What a step finds in its environment of inputs, and of what its main saved; names as a workflow writes them. */
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
