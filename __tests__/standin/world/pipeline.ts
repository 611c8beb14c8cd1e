import { hexId } from './ids.js';

export interface Plugin {
  readonly id: string;
  readonly name: string;
  readonly stepId: string | null;
  readonly seconds: number;
  readonly manualSkip: boolean;
}

/** `id` is the sequence number that `taskId` takes; `hashId` (`c-…`) is for logs only. */
export interface Job {
  readonly id: string;
  readonly hashId: string;
  readonly jobId: string | null;
  readonly name: string;
  readonly type: 'trigger' | 'normal' | 'vmBuild';
  readonly plugins: readonly Plugin[];
  /** Children of a matrix group; the group's own plug-ins are their template and never run. */
  readonly children: readonly Job[];
}

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly jobs: readonly Job[];
  /** Who may let a build into the stage; null without a gate. */
  readonly reviewers: readonly string[] | null;
  readonly finally: boolean;
}

export interface Pipeline {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly version: number;
  readonly stages: readonly Stage[];
  readonly locked: boolean;
  readonly cleanVariablesWhenRetry: boolean;
  /** Code with which starting is refused (bk-ci: startPipeline and its interceptors), e.g. 2101049; null to start. */
  readonly startRefusal: number | null;
}

export type PluginDraft = Partial<Omit<Plugin, 'id'>> & { readonly name: string };
export interface JobDraft {
  readonly name: string;
  readonly jobId?: string;
  readonly type?: Job['type'];
  readonly plugins: readonly PluginDraft[];
  /** Names of the children that the job is multiplied into. */
  readonly matrix?: readonly string[];
}
export interface StageDraft {
  readonly name: string;
  readonly jobs: readonly JobDraft[];
  readonly reviewers?: readonly string[];
  readonly finally?: boolean;
}
export type PipelineDraft = Partial<Omit<Pipeline, 'id' | 'stages'>> & {
  readonly name: string;
  readonly stages: readonly StageDraft[];
};

const TRIGGER: StageDraft = {
  name: 'Trigger',
  jobs: [{ name: 'Trigger', type: 'trigger', plugins: [{ name: 'Manual trigger', seconds: 0 }] }],
};

/** Numbers stages from 1, the trigger's, and jobs from 0 through the whole pipeline (bk-ci: IdGenerator, model check). */
export function pipeline(draft: PipelineDraft): Pipeline {
  const counter = { job: 0 };
  const stages = [TRIGGER, ...draft.stages].map((stage, index) => ({
    id: `stage-${index + 1}`,
    name: stage.name,
    reviewers: stage.reviewers ?? null,
    finally: stage.finally ?? false,
    jobs: stage.jobs.map((job) => buildJob(job, String(counter.job++), `${draft.name}/${stage.name}`)),
  }));
  return {
    projectId: 'demo',
    version: 3,
    locked: false,
    cleanVariablesWhenRetry: false,
    startRefusal: null,
    ...draft,
    id: hexId('p', draft.name),
    stages,
  };
}

function buildJob(draft: JobDraft, id: string, path: string): Job {
  const here = `${path}/${draft.name}`;
  const children = (draft.matrix ?? []).map((name, index) => {
    // bk-ci: children of a matrix group are numbered from the group's number times a thousand.
    const child = { name, plugins: draft.plugins, type: draft.type ?? 'vmBuild' };
    return buildJob(child, String(Number(id) * 1000 + index + 1), `${here}/matrix`);
  });
  return {
    id,
    hashId: hexId('c', here),
    jobId: draft.jobId ?? null,
    name: draft.name,
    type: draft.type ?? 'vmBuild',
    plugins: draft.plugins.map((plugin) => buildPlugin(plugin, here)),
    children,
  };
}

function buildPlugin(draft: PluginDraft, path: string): Plugin {
  return { stepId: null, seconds: 30, manualSkip: true, ...draft, id: hexId('e', `${path}/${draft.name}`) };
}

/** The jobs that run: children in place of their matrix group. */
export function leafJobs(stage: Stage): readonly Job[] {
  return stage.jobs.flatMap((job) => (job.children.length > 0 ? job.children : [job]));
}

export function leafPlugins(stage: Stage): readonly Plugin[] {
  return leafJobs(stage).flatMap((job) => job.plugins);
}
