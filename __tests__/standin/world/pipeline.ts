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

export type PluginOptions = Partial<Plugin> & { readonly name: string };
/** Ids are made from names where they are not given. */
export interface JobOptions {
  readonly name: string;
  readonly jobId?: string;
  readonly type?: Job['type'];
  readonly plugins: readonly PluginOptions[];
  /** Names of the children that the job is multiplied into. */
  readonly matrix?: readonly string[];
}
export interface StageOptions {
  readonly name: string;
  readonly jobs: readonly JobOptions[];
  readonly reviewers?: readonly string[];
  readonly finally?: boolean;
}
export type PipelineOptions = Partial<Omit<Pipeline, 'stages'>> & {
  readonly name: string;
  readonly stages: readonly StageOptions[];
};

const TRIGGER: StageOptions = {
  name: 'Trigger',
  jobs: [{ name: 'Trigger', type: 'trigger', plugins: [{ name: 'Manual trigger', seconds: 0 }] }],
};

/** Numbers stages from 1, the trigger's, and jobs from 0 through the whole pipeline (bk-ci: IdGenerator, model check). */
export function makePipeline(options: PipelineOptions): Pipeline {
  const counter = { job: 0 };
  const stages = [TRIGGER, ...options.stages].map((stage, index) => ({
    id: `stage-${index + 1}`,
    name: stage.name,
    reviewers: stage.reviewers ?? null,
    finally: stage.finally ?? false,
    jobs: stage.jobs.map((job) => makeJob(job, String(counter.job++), `${options.name}/${stage.name}`)),
  }));
  return {
    projectId: 'demo',
    version: 3,
    locked: false,
    cleanVariablesWhenRetry: false,
    startRefusal: null,
    id: hexId('p', options.name),
    ...options,
    stages,
  };
}

function makeJob(options: JobOptions, id: string, path: string): Job {
  const here = `${path}/${options.name}`;
  const children = (options.matrix ?? []).map((name, index) => {
    // bk-ci: children of a matrix group are numbered from the group's number times a thousand.
    const child = { name, plugins: options.plugins, type: options.type ?? 'vmBuild' };
    return makeJob(child, String(Number(id) * 1000 + index + 1), `${here}/matrix`);
  });
  return {
    id,
    hashId: hexId('c', here),
    jobId: options.jobId ?? null,
    name: options.name,
    type: options.type ?? 'vmBuild',
    plugins: options.plugins.map((plugin) => makePlugin(plugin, here)),
    children,
  };
}

function makePlugin(options: PluginOptions, path: string): Plugin {
  return { id: hexId('e', `${path}/${options.name}`), stepId: null, seconds: 30, manualSkip: true, ...options };
}

/** The jobs that run: children in place of their matrix group. */
export function leafJobs(stage: Stage): readonly Job[] {
  return stage.jobs.flatMap((job) => (job.children.length > 0 ? job.children : [job]));
}

export function leafPlugins(stage: Stage): readonly Plugin[] {
  return leafJobs(stage).flatMap((job) => job.plugins);
}
