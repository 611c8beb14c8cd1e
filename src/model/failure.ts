/** Types of failed plug-ins, for outputs and reports. Texts are from the server: sanitise them before showing. */

/** One failed plug-in: an element of the output `failedTasks`. */
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

/** The last lines of a failed plug-in's log, or the reason why there are none. */
export interface TaskLog {
  readonly task: FailedTask;
  readonly lines: readonly string[];
  readonly missing?: string | undefined;
}
