/**
 * Decides which machines may be talked to. A repository names the addresses that Sluice fetches from, so what is
 * inside the user's network (loopback, private ranges, cloud metadata) is refused unless the user allows it. The
 * check is made on the address that is then connected to; a name that resolves differently later gains nothing.
 */
import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** A connection that must not be made. The message names the host, never credentials. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

export interface NetworkGuard {
  /** The addresses of a host name or literal. Rejects with a `RefusedError` when one of them is not allowed. */
  resolve(host: string): Promise<readonly [LookupAddress, ...LookupAddress[]]>;
  /** The same for the `lookup` option of sockets and requests, which is not asked about literal addresses. */
  readonly lookup: LookupFunction;
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export function createNetworkGuard(options: {
  readonly isAllowed: (address: string) => boolean;
  /** Names or addresses that are allowed whatever they resolve to. */
  readonly allowedHosts?: readonly string[];
  readonly resolve?: Resolve;
}): NetworkGuard {
  const { isAllowed, allowedHosts = [], resolve: resolveName = systemResolve } = options;

  async function resolve(host: string): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
    const name = host.replace(/^\[(.*)\]$/, "$1");
    const family = isIP(name);
    const addresses = family === 0 ? await resolveName(name) : [{ address: name, family }];
    const [first, ...rest] = addresses;
    if (first === undefined) throw new Error(`${name} has no address.`);
    const refused = addresses.find(({ address }) => !isAllowed(address));
    if (refused === undefined || allowedHosts.includes(name.toLowerCase())) return [first, ...rest];
    const what = refused.address === name ? name : `${name} (${refused.address})`;
    throw new RefusedError(
      `${what} is inside a private network or on this machine, so it is not fetched. Allow it with --allow-private-network.`,
    );
  }

  const lookup: LookupFunction = (host, lookupOptions, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (lookupOptions.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, "", 0),
    );
  };
  return { resolve, lookup };
}

/** Whether an address is on the public Internet (IANA special-purpose address registries). */
export function isPublicAddress(address: string): boolean {
  const plain = address.split("%")[0] ?? "";
  if (isIP(plain) === 4) return !specialV4.check(plain, "ipv4");
  if (isIP(plain) !== 6) return false;
  const embedded = nat64(plain);
  if (embedded !== undefined) return isPublicAddress(embedded);
  return globalV6.check(plain, "ipv6") && !specialV6.check(plain, "ipv6");
}

const specialV4 = blockList("ipv4", [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
]);

/** Everything outside of this is loopback, link-local, unique local, multicast, mapped IPv4 or unassigned. */
const globalV6 = blockList("ipv6", [["2000::", 3]]);

/** Protocol assignments with Teredo, documentation, and 6to4, which carries an IPv4 address. */
const specialV6 = blockList("ipv6", [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]);

function blockList(
  family: "ipv4" | "ipv6",
  subnets: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

/** The IPv4 address inside `64:ff9b::/96` (RFC 6052), by which IPv6-only networks reach the IPv4 Internet. */
function nat64(address: string): string | undefined {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const match = /^64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(canonical);
  if (match === null) return undefined;
  const words = [match[1] ?? "0", match[2] ?? "0"].map((word) => Number.parseInt(word, 16));
  return words.flatMap((word) => [word >> 8, word & 255]).join(".");
}

function systemResolve(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    dnsLookup(host, { all: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });
}
