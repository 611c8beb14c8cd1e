/** Runs tasks concurrently, at most `concurrency` at once, and starts them in order. */
export async function mapConcurrently<T, R>(
  concurrency: number,
  tasks: readonly T[],
  run: (task: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = tasks.map((task, index) => ({ task, index }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.index] = await run(next.task);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
