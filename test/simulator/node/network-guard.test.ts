/** Which addresses are public, and that the check is made on the address that is connected to. */
import { describe, expect, it } from "vitest";

import {
  createNetworkGuard,
  isPublicAddress,
  RefusedError,
} from "../../../simulator/node/network-guard.ts";

const refused = [
  ...[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.8.8.8",
  ],
  ...[
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
  ],
  ...[
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
  ],
  ...[
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:7f00:1",
    "::8.8.8.8",
  ],
  ...[
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "fec0::1",
    "2001:db8::1",
    "2001::1",
  ],
  ...[
    "2002:7f00:1::",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
  ],
  ...["3fff::1", "not an address", ""],
];
const allowed = [
  ...[
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
  ],
  ...[
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00::1",
  ],
  ...["2001:4860:4860::8888", "64:ff9b::8.8.8.8"],
];

describe("public addresses", () => {
  it.each(refused)("%s is refused", (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(allowed)("%s is allowed", (address) => expect(isPublicAddress(address)).toBe(true));
});

describe("the guard", () => {
  const guard = createNetworkGuard({
    isAllowed: isPublicAddress,
    resolve: async (host) => {
      const family = (address: string): 4 | 6 => (address.includes(":") ? 6 : 4);
      const names: Record<string, string[]> = {
        good: ["8.8.8.8", "2a00::1"],
        bad: ["127.0.0.1"],
        mixed: ["8.8.8.8", "::1"],
      };
      return (names[host] ?? []).map((address) => ({ address, family: family(address) }));
    },
  });

  it("resolves names and literals that are public", async () => {
    expect(await guard.resolve("good")).toHaveLength(2);
    expect(await guard.resolve("[2a00::1]")).toEqual([{ address: "2a00::1", family: 6 }]);
  });

  it.each(["bad", "mixed", "127.0.0.1", "[::1]", "::ffff:127.0.0.1"])(
    "refuses %s",
    async (host) => {
      await expect(guard.resolve(host)).rejects.toBeInstanceOf(RefusedError);
    },
  );

  it("refuses in the lookup of a socket, in both of its forms", async () => {
    for (const options of [{ all: true }, { all: false }]) {
      const error = await new Promise((resolve) =>
        guard.lookup("mixed", options, (reason) => resolve(reason)),
      );
      expect(error).toBeInstanceOf(RefusedError);
    }
    const found = await new Promise((resolve) =>
      guard.lookup("good", {}, (_, address) => resolve(address)),
    );
    expect(found).toBe("8.8.8.8");
  });
});
