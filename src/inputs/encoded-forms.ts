/**
 * The forms in which a secret may come back in a text: as given, and as the encodings of URLs, JSON, HTML and Base64
 * write it. Each is searched for as it is, since a search that decodes would be one more parser of hostile text. Pure.
 */

/** The secret and all its forms, each once. A secret of letters and digits has few. */
export function encodedForms(secret: string): string[] {
  return [...new Set([secret, ...inAddress(secret), ...inJson(secret), ...inHtml(secret), ...inBase64(secret)])];
}

const hex = (char: string, width: number) => char.charCodeAt(0).toString(16).padStart(width, '0');
const upper = (char: string, width: number) => hex(char, width).toUpperCase();

/**
 * Percent-encoded once and twice, with escapes in upper and in lower case: with the characters that encodeURIComponent
 * leaves, with `'` encoded as URL does it in a query, with all that RFC 3986 reserves, and as a form writes it.
 */
function inAddress(secret: string): string[] {
  const plain = percentEncoded(secret);
  const once = [
    plain,
    plain.replaceAll("'", '%27'),
    plain.replace(/[!'()*]/g, (char) => `%${upper(char, 2)}`),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
  const both = [...once, ...once.map(withLowerCaseEscapes)];
  return [...both, ...both.map((form) => form.replaceAll('%', '%25'))];
}

/** A lone surrogate has no percent-encoding. */
function percentEncoded(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function withLowerCaseEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
}

/** What writers of JSON escape by number: others than ASCII (X-Bkapi-Authorization), Go, Gson, .NET. */
const ESCAPED_IN_JSON = [/[\u007f-\uffff]/g, /[<>&]/g, /[<>&=']/g, /[<>&'"+\u007f-\uffff]/g];

/** As JSON.stringify writes it, with these escapes in both cases, with every sign escaped by number, and with `\/`. */
function inJson(secret: string): string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const escaped = [hex, upper].flatMap((digits) => {
    const byNumber = (char: string) => `\\u${digits(char, 4)}`;
    // A quotation mark may be escaped by number; the escapes of other characters stay as they are.
    const escapeIn = (pattern: RegExp) => (part: string) => {
      if (part === '\\"') return '"'.search(pattern) === 0 ? byNumber('"') : part;
      return part.startsWith('\\') ? part : part.replace(pattern, byNumber);
    };
    const usual = ESCAPED_IN_JSON.map((pattern) => plain.replace(/\\.|[^\\]+/g, escapeIn(pattern)));
    return [...usual, secret.replace(/[^\w]/g, byNumber)];
  });
  const forms = [plain, ...escaped];
  return [...forms, ...forms.map((form) => form.replaceAll('/', '\\/'))];
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What escapers of HTML replace besides `&`, `<` and `>`: nothing, quotes, and more of the characters of Base64. */
const ESCAPED_IN_HTML = [/[&<>]/g, /[&<>"]/g, /[&<>"']/g, /[&<>"'+]/g, /[&<>"'=]/g, /[&<>"'+=]/g, /[&<>"'/`=]/g];

/** By name or by number, decimal and hexadecimal; and every character but letters and digits by number. */
function inHtml(secret: string): string[] {
  const numbers: readonly ((char: string) => string)[] = [
    (char) => `&#${char.charCodeAt(0)};`,
    (char) => `&#x${hex(char, 1)};`,
    (char) => `&#x${upper(char, 1)};`,
    (char) => (char === "'" ? '&apos;' : `&#${char.charCodeAt(0)};`),
  ];
  return numbers.flatMap((numbered) => [
    ...[...ESCAPED_IN_HTML, /[&<>"'+/=]/g].flatMap((pattern) => [
      secret.replace(pattern, (char) => NAMED[char] ?? numbered(char)),
      secret.replace(pattern, (char) => (char === '"' ? numbered(char) : (NAMED[char] ?? numbered(char)))),
    ]),
    secret.replace(/[^A-Za-z0-9]/g, numbered),
  ]);
}

/** Of the secret alone, standard and for URLs, with and without padding. */
function inBase64(secret: string): string[] {
  const standard = Buffer.from(secret, 'utf8').toString('base64');
  const forUrls = standard.replaceAll('+', '-').replaceAll('/', '_');
  return [standard, forUrls].flatMap((form) => [form, form.replace(/={1,2}$/, '')]);
}
