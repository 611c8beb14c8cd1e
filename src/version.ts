/** Version of this action, as the user agent tells it to BK-CI; a test holds it against package.json. */
export const VERSION = '1.0.0';
