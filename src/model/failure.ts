/** What failed in a build, as outputs and reports show it. Texts are the server's: whoever shows them sanitises them. */
/** The last lines of one failed plug-in's log, or why there are none. */
export interface TaskLog {
  readonly task: FailedTask;
  readonly lines: readonly string[];
  readonly missing?: string | undefined;
}

/** One failed plug-in, as the output `failedTasks` and the reports show it. Texts are the server's. */
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
