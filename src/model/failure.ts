/** The types of what failed in a build. All texts come from the server: sanitise them before showing them. */

/** One failed plug-in: an entry of the output `failedTasks`. */
export interface FailedTask {
  readonly stageId: string;
  readonly stageName: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly errorType: string;
  readonly errorCode: number | null;
  readonly errorMessage: string;
}

/** The last lines of one failed plug-in's log, or why there are none. */
export interface TaskLog {
  readonly task: FailedTask;
  readonly lines: readonly string[];
  readonly missing?: string | undefined;
}
