export type Permission = 'EXECUTE' | 'VIEW' | 'OPERATE';

export interface Token {
  readonly user: string;
  readonly state: 'valid' | 'expired';
}

export interface App {
  readonly secret: string;
  /** True if the app may use the resource on the API gateway. */
  readonly granted: boolean;
}

/** Who may do what, and with which credentials. */
export interface Access {
  /** Users that are not listed have no permission. */
  readonly users: Readonly<Record<string, readonly Permission[]>>;
  /** False in a default installation, which trusts X-DEVOPS-UID. */
  readonly tokenRequired: boolean;
  /** True if the openapi service takes requests only from the BlueKing API gateway, which signs them. */
  readonly jwtRequired?: boolean;
  /** By the raw token, before any percent-encoding. */
  readonly tokens: Readonly<Record<string, Token>>;
  readonly apps: Readonly<Record<string, App>>;
  /** How permission is refused: with code 2101008, or with the generic 403 (bk-ci: RbacPipelinePermissionService). */
  readonly edition: 'code' | 'rbac';
}

/** As bk-ci's auth service makes them: AES and Base64, with characters that need encoding. */
export const TOKEN = 'Yk2x8+Qm/7dPq0sVbN3uLh5+Zt9wRcE1aGfJ4yKpTnXo6Ui/MSvDHB==';
export const EXPIRED_TOKEN = 'Ex1+2pired/Qm7dPq0sVbN3uLh5Zt9wRcE1aGfJ4yKpTnXo6UiMSvDHB==';
export const APP_CODE = 'github-retry';
export const APP_SECRET = '0b9e4c55-7a4e-4b0e-9a55-2f0c1d3e8a77';

export const ACCESS: Access = {
  users: {
    'ci-bot': ['EXECUTE', 'VIEW'],
    'release-bot': ['EXECUTE', 'VIEW', 'OPERATE'],
    'ops-lead': ['EXECUTE', 'VIEW', 'OPERATE'],
    'execute-only': ['EXECUTE'],
    'view-only': ['VIEW'],
  },
  tokenRequired: false,
  tokens: {
    [TOKEN]: { user: 'ci-bot', state: 'valid' },
    [EXPIRED_TOKEN]: { user: 'ci-bot', state: 'expired' },
  },
  apps: { [APP_CODE]: { secret: APP_SECRET, granted: true } },
  edition: 'code',
};

export function hasPermission(access: Access, user: string, permission: Permission): boolean {
  return access.users[user]?.includes(permission) ?? false;
}
