/** Addresses, networks and URLs (`k8s.io/apiserver/pkg/cel/library/ip.go`, `cidr.go`, `urls.go`). */
import type { Environment } from "@marcbachmann/cel-js";

import { formatProblem } from "./formats.ts";

/** An address as a number; IPv4 in IPv6 is refused by the API server. */
class Ip {
  readonly family: 4n | 6n;
  readonly value: bigint;
  readonly text: string;
  constructor(family: 4n | 6n, value: bigint, text: string) {
    this.family = family;
    this.value = value;
    this.text = text;
  }
}

class Cidr {
  readonly ip: Ip;
  readonly bits: bigint;
  constructor(ip: Ip, bits: bigint) {
    this.ip = ip;
    this.bits = bits;
  }
}

export function registerNetwork(environment: Environment): void {
  registerIp(environment);
  registerCidr(environment);
  registerUrl(environment);
}

class IpNamespace {
  readonly known = true;
}

function registerIp(environment: Environment): void {
  const type = "net.IP";
  environment
    .registerType(type, Ip)
    .registerFunction(`ip(string): ${type}`, ipOf)
    .registerFunction("isIP(string): bool", (text: string) => parseIp(text) !== undefined)
    .registerFunction(`${type}.family(): int`, ({ family }: Ip) => family)
    .registerFunction(`${type}.isUnspecified(): bool`, ({ value }: Ip) => value === 0n)
    .registerFunction(`${type}.isLoopback(): bool`, (ip: Ip) =>
      ip.family === 4n ? ip.value >> 24n === 127n : ip.value === 1n,
    )
    .registerFunction(`${type}.isLinkLocalMulticast(): bool`, isLinkLocalMulticast)
    .registerFunction(`${type}.isLinkLocalUnicast(): bool`, isLinkLocalUnicast)
    .registerFunction(`${type}.isGlobalUnicast(): bool`, isGlobalUnicast)
    .registerFunction(`string(${type}): string`, canonical)
    .registerOperator(`${type} == ${type}`, isSameIp);
  environment
    .registerType("kubernetes.IpNamespace", IpNamespace)
    .registerConstant("ip", "kubernetes.IpNamespace", new IpNamespace())
    .registerFunction(
      "kubernetes.IpNamespace.isCanonical(string): bool",
      (_: unknown, text: string) => {
        return canonical(ipOf(text)) === text;
      },
    );
}

function registerCidr(environment: Environment): void {
  const type = "net.CIDR";
  environment
    .registerType(type, Cidr)
    .registerFunction(`cidr(string): ${type}`, cidrOf)
    .registerFunction("isCIDR(string): bool", (text: string) => parseCidr(text) !== undefined)
    .registerFunction(`${type}.containsIP(net.IP): bool`, (net: Cidr, ip: Ip) => contains(net, ip))
    .registerFunction(`${type}.containsIP(string): bool`, (net: Cidr, ip: string) =>
      contains(net, ipOf(ip)),
    )
    .registerFunction(`${type}.containsCIDR(${type}): bool`, containsCidr)
    .registerFunction(`${type}.containsCIDR(string): bool`, (net: Cidr, text: string) =>
      containsCidr(net, cidrOf(text)),
    )
    .registerFunction(`${type}.ip(): net.IP`, ({ ip }: Cidr) => ip)
    .registerFunction(`${type}.masked(): ${type}`, (net: Cidr) => new Cidr(masked(net), net.bits))
    .registerFunction(`${type}.prefixLength(): int`, ({ bits }: Cidr) => bits)
    .registerFunction(`string(${type}): string`, ({ ip, bits }: Cidr) => `${canonical(ip)}/${bits}`)
    .registerOperator(
      `${type} == ${type}`,
      (a: Cidr, b: Cidr) => a.bits === b.bits && isSameIp(a.ip, b.ip),
    );
}

function ipOf(text: string): Ip {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new RangeError(`IP Address "${text}" parse error`);
  return parsed;
}

function cidrOf(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new RangeError(`CIDR "${text}" parse error`);
  return parsed;
}

/** net/netip with what Kubernetes refuses besides: leading zeros, zones, IPv4 in IPv6. */
function parseIp(text: string): Ip | undefined {
  if (formatProblem("ipv4", text) === undefined) {
    const value = text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return new Ip(4n, value, text);
  }
  if (formatProblem("ipv6", text) !== undefined) return undefined;
  const value = ipv6Value(text);
  return value >> 32n === 0xffffn ? undefined : new Ip(6n, value, text);
}

function ipv6Value(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const groups = (half: string): readonly bigint[] =>
    half === "" ? [] : half.split(":").flatMap(groupValues);
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...gap, ...after].reduce((sum, group) => sum * 65536n + group, 0n);
}

function groupValues(group: string): readonly bigint[] {
  if (!group.includes(".")) return [BigInt(`0x${group}`)];
  const [a = 0n, b = 0n, c = 0n, d = 0n] = group.split(".").map(BigInt);
  return [a * 256n + b, c * 256n + d];
}

function parseCidr(text: string): Cidr | undefined {
  if (formatProblem("cidr", text) !== undefined) return undefined;
  const [address = "", bits = "0"] = text.split("/");
  const ip = parseIp(address);
  return ip === undefined ? undefined : new Cidr(ip, BigInt(bits));
}

function width(ip: Ip): bigint {
  return ip.family === 4n ? 32n : 128n;
}

function masked({ ip, bits }: Cidr): Ip {
  const shift = width(ip) - bits;
  return new Ip(ip.family, (ip.value >> shift) << shift, ip.text);
}

function contains(net: Cidr, ip: Ip): boolean {
  const shift = width(net.ip) - net.bits;
  return net.ip.family === ip.family && net.ip.value >> shift === ip.value >> shift;
}

function containsCidr(net: Cidr, other: Cidr): boolean {
  return other.bits >= net.bits && contains(net, masked(other));
}

function isSameIp(a: Ip, b: Ip): boolean {
  return a.family === b.family && a.value === b.value;
}

function isLinkLocalMulticast(ip: Ip): boolean {
  return ip.family === 4n
    ? ip.value >> 8n === 0xe00000n
    : ((ip.value >> 112n) & 0xff0fn) === 0xff02n;
}

function isLinkLocalUnicast(ip: Ip): boolean {
  return ip.family === 4n ? ip.value >> 16n === 0xa9fen : ip.value >> 118n === 0x3fan;
}

function isGlobalUnicast(ip: Ip): boolean {
  const isLoopback = ip.family === 4n ? ip.value >> 24n === 127n : ip.value === 1n;
  const isMulticast = ip.family === 4n ? ip.value >> 28n === 0xen : ip.value >> 120n === 0xffn;
  const isBroadcast = ip.family === 4n && ip.value === 0xffffffffn;
  return ip.value !== 0n && !isLoopback && !isMulticast && !isBroadcast && !isLinkLocalUnicast(ip);
}

/** RFC 5952: lower case, the longest run of zeros left out. */
function canonical({ family, value }: Ip): string {
  if (family === 4n) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 65535n).toString(16),
  );
  const run = longestZeros(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0") end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

class WebAddress {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** `url.Parse` and then: absolute, or a path. Parts are cut out of the text, since the browser's parser rewrites them. */
function registerUrl(environment: Environment): void {
  const type = "kubernetes.URL";
  const isUrl = (text: string): boolean =>
    formatProblem("uri", text) === undefined &&
    (text.startsWith("/") || URL.canParse(text.replaceAll(" ", "%20")));
  environment
    .registerType(type, WebAddress)
    .registerFunction("isURL(string): bool", isUrl)
    .registerFunction(`url(string): ${type}`, (text: string) => {
      if (!isUrl(text)) throw new RangeError(`URL parse error during conversion from string`);
      return new WebAddress(text);
    })
    .registerFunction(`${type}.getScheme(): string`, (a: WebAddress) => partsOf(a).scheme)
    .registerFunction(`${type}.getHost(): string`, (a: WebAddress) => partsOf(a).host)
    .registerFunction(`${type}.getHostname(): string`, (a: WebAddress) =>
      partsOf(a)
        .host.replace(/:\d*$/, "")
        .replace(/^\[(.*)\]$/, "$1"),
    )
    .registerFunction(
      `${type}.getPort(): string`,
      (a: WebAddress) => /:(\d*)$/.exec(partsOf(a).host)?.[1] ?? "",
    )
    .registerFunction(`${type}.getEscapedPath(): string`, (a: WebAddress) =>
      partsOf(a).path.replace(/[^\w\-.~!$&'()*+,;=:@/%]/gu, encodeURIComponent),
    )
    .registerFunction(`${type}.getQuery(): map<string, list<string>>`, (a: WebAddress) => {
      const query = new Map<string, string[]>();
      for (const [key, value] of new URLSearchParams(partsOf(a).query))
        query.set(key, [...(query.get(key) ?? []), value]);
      return query;
    });
}

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

function partsOf({ text }: WebAddress): UrlParts {
  const match =
    /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text);
  const [, scheme = "", host = "", path = "", query = ""] = match ?? [];
  return { scheme: scheme.toLowerCase(), host, path, query };
}
