import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name: string) => fileURLToPath(new URL(`../certs/${name}.pem`, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');
const withKey = (name: string) => ({ key: read('key'), cert: read(name) });

/** For `NODE_EXTRA_CA_CERTS`. */
export const CA_FILE = path('ca');
/** Signed by that CA, for 127.0.0.1 and bkci.test. */
export const SERVER = withKey('server');
/** Signed by that CA, for another host. */
export const OTHER_HOST = withKey('elsewhere');
export const SELF_SIGNED = withKey('self-signed');
