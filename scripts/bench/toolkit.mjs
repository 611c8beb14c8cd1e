// The lower bound of an action: the same two requests with the toolkit's packages and the stubs of this repository. It
// takes longer than node:http only by what @actions/core and @actions/http-client load when they are imported.
import * as core from '@actions/core';
import { HttpClient } from '@actions/http-client';

const base = `${core.getInput('apiUrl')}/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1`;
const client = new HttpClient('bench', [], { keepAlive: true });
const headers = { 'X-DEVOPS-UID': core.getInput('username') };
const read = async (response) => JSON.parse(await (await response).readBody());

const status = await read(client.get(`${base}/status`, headers));
const retried = await read(client.post(`${base}/retry`, '', headers));
core.setOutput('buildId', retried.data.id);
process.exit(status.status + retried.status);
