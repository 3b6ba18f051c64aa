/**
 * The proxy that the environment names for an API server, by the rules of kubectl (`golang.org/x/net/http/httpproxy`): HTTPS_PROXY and
 * HTTP_PROXY by the server's scheme, NO_PROXY with names, addresses and CIDR ranges, and never for this machine.
 */
import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/** An address with a scheme, or `undefined`. `server`: the address of the API server. */
export function proxyOf(server: string, environment: Environment): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const [name, usual] = protocol === "http:" ? ["HTTP_PROXY", "80"] : ["HTTPS_PROXY", "443"];
  const proxy = valueOf(environment, name)?.trim();
  if (!proxy || isThisMachine(host)) return undefined;
  const exceptions = (valueOf(environment, "NO_PROXY") ?? "").split(",");
  if (exceptions.some((exception) => covers(exception.trim().toLowerCase(), host, port || usual)))
    return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function valueOf(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toLowerCase()];
}

function isThisMachine(host: string): boolean {
  if (isIP(host) === 0) return host === "localhost";
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  return loopback.check(host, familyOf(host));
}

/** `exception`: `*`, an address, a range, `example.com` (with what is below it), `.example.com` (only that); with or without a port. */
function covers(exception: string, host: string, port: string): boolean {
  if (exception === "") return false;
  if (exception === "*") return true;
  const range = /^([^/]+)\/(\d+)$/.exec(exception);
  if (range !== null) return isIn(range[1] ?? "", Number(range[2]), host);
  const [, bare = exception, only] =
    isIP(exception) === 6 ? [] : (/^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(exception) ?? []);
  if (only !== undefined && only !== port) return false;
  if (isIP(bare) !== 0) return bare === host;
  const domain = bare.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (bare === domain && host === domain);
}

function isIn(network: string, bits: number, host: string): boolean {
  if (isIP(host) === 0 || isIP(network) !== isIP(host)) return false;
  if (bits > (isIP(network) === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, familyOf(network));
  return list.check(host, familyOf(host));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
