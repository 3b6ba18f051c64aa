/** Proxies of the environment by kubectl's rules; the expectations are those of Go's httpproxy for the same values. */
import { expect, test } from "vitest";

import { proxyOf } from "../../../../simulator/node/cluster/proxy-of.ts";

const proxy = "http://proxy.test:3128";

test.each([
  ["https://api.test", { HTTPS_PROXY: proxy }, proxy],
  ["https://api.test", { https_proxy: proxy }, proxy],
  ["https://api.test", { HTTPS_PROXY: "proxy.test:3128" }, proxy],
  ["https://api.test", { HTTPS_PROXY: "socks5://proxy.test" }, "socks5://proxy.test"],
  ["https://api.test", { HTTP_PROXY: proxy, ALL_PROXY: proxy }, undefined],
  ["http://api.test", { HTTP_PROXY: proxy }, proxy],
  ["https://api.test", { HTTPS_PROXY: "" }, undefined],
  ["https://localhost:6443", { HTTPS_PROXY: proxy }, undefined],
  ["https://127.0.0.9:6443", { HTTPS_PROXY: proxy }, undefined],
  ["https://[::1]:6443", { HTTPS_PROXY: proxy }, undefined],
  ["no address", { HTTPS_PROXY: proxy }, undefined],
])("%s with %o: %s", (server, environment, expected) => {
  expect(proxyOf(server, environment)).toBe(expected);
});

test.each([
  ["*", "api.test", true],
  ["api.test", "api.test", true],
  ["API.test", "api.TEST", true],
  ["test", "api.test", true],
  ["api.test", "my-api.test", false],
  ["api.test", "sub.api.test", true],
  [".api.test", "api.test", false],
  [".api.test", "sub.api.test", true],
  ["*.api.test", "sub.api.test", true],
  ["api.test:6443", "api.test:6443", true],
  ["api.test:443", "api.test", true],
  ["api.test:6443", "api.test", false],
  ["other, api.test", "api.test", true],
  ["10.0.0.0/8", "10.1.2.3:6443", true],
  ["10.0.0.0/8", "11.1.2.3", false],
  ["10.0.0.0/99", "10.1.2.3", false],
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2", "10.1.2.3", false],
  ["10.1.2.3:6443", "10.1.2.3:6443", true],
  ["fd00::/8", "[fd00::1]:6443", true],
  ["fd00::1", "[fd00::1]:6443", true],
  ["[fd00::1]:6443", "[fd00::1]:6443", true],
  ["fd00::/8", "api.test", false],
  [",", "api.test", false],
])("NO_PROXY=%s leaves out %s: %s", (NO_PROXY, host, isLeftOut) => {
  const found = proxyOf(`https://${host}`, { HTTPS_PROXY: proxy, NO_PROXY });
  expect(found === undefined).toBe(isLeftOut);
});
