/** BK-CI's types of errors, each at the index that is its number (bk-ci: ErrorType.kt; BUILD_MACHINE since v4.0.0). */
export const ERROR_TYPES = ['SYSTEM', 'USER', 'THIRD_PARTY', 'PLUGIN', 'BUILD_MACHINE'] as const;

export type ErrorType = (typeof ERROR_TYPES)[number];
