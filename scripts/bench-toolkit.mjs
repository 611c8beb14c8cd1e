// The floor of an action: the same two requests over the toolkit's packages, with the stubs of this repository. What
// is dearer than node:http here is what @actions/core and @actions/http-client load when they are imported.
import * as core from '@actions/core';
import { HttpClient } from '@actions/http-client';

const base = `${core.getInput('apiUrl')}/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1`;
const client = new HttpClient('bench', [], { keepAlive: true });
const headers = { 'X-DEVOPS-UID': core.getInput('username') };
const read = async (answer) => JSON.parse(await (await answer).readBody());

const look = await read(client.get(`${base}/status`, headers));
const retried = await read(client.post(`${base}/retry`, '', headers));
core.setOutput('buildId', retried.data.id);
process.exit(look.status + retried.status);
