/** Formats of strings as the API server checks them (`k8s.io/kube-openapi/pkg/validation/strfmt`). Others are not checked. */
import { compilePattern } from "./re2.ts";

/** What is expected, in words, when the text does not have the format; `undefined` when it has. */
export function formatProblem(format: string, text: string): string | undefined {
  const check = checks[format];
  return check === undefined || check.test(text) ? undefined : check.expected;
}

interface Check {
  readonly expected: string;
  readonly test: (text: string) => boolean;
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const hostname =
  "^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$";
const quantity =
  "^[+-]?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$";

function by(pattern: string): (text: string) => boolean {
  return (text) => {
    const compiled = compilePattern(pattern);
    return compiled.outcome !== "pattern" || compiled.test(text);
  };
}

const dateTime: Check = {
  expected: "a date and time such as `2025-01-31T12:00:00Z`",
  test: (text) =>
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?$/.test(text) &&
    isDate(text.slice(0, 10)),
};

const checks: Readonly<Record<string, Check>> = {
  "date-time": dateTime,
  datetime: dateTime,
  date: { expected: "a date such as `2025-01-31`", test: isDate },
  duration: {
    expected: "a duration such as `90s` or `1h30m`",
    test: (text) => isGoDuration(text) || isScalaDuration(text),
  },
  byte: { expected: "text in base64", test: isBase64 },
  ipv4: { expected: "an IPv4 address", test: (text) => ipv4.test(text) },
  ipv6: { expected: "an IPv6 address", test: isIpv6 },
  cidr: { expected: "a network such as `10.0.0.0/8`", test: isCidr },
  mac: {
    expected: "a MAC address",
    test: by(
      "^(?i)(([0-9a-f]{2}[:-]){5}[0-9a-f]{2}|([0-9a-f]{2}[:-]){7}[0-9a-f]{2}|([0-9a-f]{2}[:-]){19}[0-9a-f]{2}|([0-9a-f]{4}\\.){2}[0-9a-f]{4}|([0-9a-f]{4}\\.){3}[0-9a-f]{4}|([0-9a-f]{4}\\.){9}[0-9a-f]{4})$",
    ),
  },
  uuid: {
    expected: "a UUID",
    test: by("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"),
  },
  hostname: {
    expected: "a host name",
    test: (text) =>
      text.length <= 255 &&
      text.split(".").every((part) => part.length <= 63) &&
      by(hostname)(text),
  },
  uri: { expected: "an absolute URL or a path that starts with a slash", test: isRequestUri },
  quantity: {
    expected: "a quantity such as `500m`, `2` or `1Gi`",
    test: by(quantity),
  },
};

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Go's time.ParseDuration. */
export function isGoDuration(text: string): boolean {
  return /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text);
}

/** strfmt takes the words of Scala too: `5 minutes`, `1 day`. */
function isScalaDuration(text: string): boolean {
  return /^\d+\s*(?:ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|wk)$/i.test(
    text,
  );
}

/** encoding/base64 passes over line ends and wants padding. */
function isBase64(text: string): boolean {
  const plain = text.replace(/[\r\n]/g, "");
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain) && !/=[^=]/.test(plain);
}

function isIpv6(text: string): boolean {
  if (!/^[\da-fA-F:.]+$/.test(text) || !text.includes(":")) return false;
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return false;
  const parts = [head, tail ?? ""].flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = parts.at(-1) ?? "";
  const isMixed = last.includes(".");
  if (isMixed && !ipv4.test(last)) return false;
  const groups = isMixed ? parts.slice(0, -1) : parts;
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  const count = groups.length + (isMixed ? 2 : 0);
  return tail === undefined ? count === 8 : count < 8;
}

function isCidr(text: string): boolean {
  const match = /^(.+)\/(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return false;
  const [, address = "", bits] = match;
  if (ipv4.test(address)) return Number(bits) <= 32;
  return isIpv6(address) && Number(bits) <= 128;
}

/** net/url.ParseRequestURI with a scheme, as govalidator wants it: a path may have spaces, a host may not. */
export function isRequestUri(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- Go refuses control characters in a URL, and nothing else.
  if (text === "" || /[\x00-\x1f\x7f]/.test(text)) return false;
  if (text.startsWith("/")) return true;
  return /^[a-zA-Z][a-zA-Z\d+.-]*:(?!\/\/[^/?#]*\s)/.test(text);
}
