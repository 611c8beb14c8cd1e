/** How BK-CI classifies a failure; the place of a name is its number (bk-ci: ErrorType.kt). */
export const ERROR_TYPES = ['SYSTEM', 'USER', 'THIRD_PARTY', 'PLUGIN', 'BUILD_MACHINE'] as const;

export type ErrorTypeName = (typeof ERROR_TYPES)[number];
