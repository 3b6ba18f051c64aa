/** Who one is to a registry: token and basic authentication, with Secrets and with what the user has stored. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { Credentials } from "../../../../simulator/node/fetcher.ts";
import { createChartFetcher } from "../../../../simulator/node/helm-repository/fetch-chart.ts";
import { fetchOci } from "../../../../simulator/node/oci/fetch-oci.ts";
import { tarGzip } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import {
  registryUser,
  startRegistry,
  type TestRegistry,
} from "../../../support/servers/registry.ts";
import { testCertificate, testKey } from "../../../support/tls.ts";

interface Offer {
  readonly secret?: Readonly<Record<string, string>>;
  readonly own?: Credentials;
}

/** Fetches with a Secret, or with what the user has stored for this registry alone. */
function fetchWith(
  registry: TestRegistry,
  { secret, own }: Offer,
  name = "private/app",
): Promise<string> {
  const access = secret === undefined ? {} : { access: { secret } };
  const url = `oci://${registry.host}/${name}`;
  const stored = (host: string): Promise<Credentials | undefined> =>
    Promise.resolve(host === registry.host ? own : undefined);
  const credentials = { ...fetchContext().credentials, registry: stored };
  return failureOf(
    fetchOci({ kind: "oci", url, ref: { tag: "1" }, ...access }, fetchContext({ credentials })),
  );
}

async function filledRegistry(auth: "token" | "basic"): Promise<TestRegistry> {
  const registry = await startRegistry({ auth });
  const bytes = await tarGzip({ "app.yaml": "kind: ConfigMap\n" });
  await registry.push("private/app", "1", { layers: [{ bytes }] });
  await registry.push("public/app", "1", { layers: [{ bytes }] });
  return registry;
}

function dockerConfig(host: string, password: string): Readonly<Record<string, string>> {
  const auth = Buffer.from(`${registryUser.username}:${password}`).toString("base64");
  return { ".dockerconfigjson": JSON.stringify({ auths: { [host]: { auth } } }) };
}

describe.each(["token", "basic"] as const)("%s authentication", (auth) => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await filledRegistry(auth);
  });
  afterAll(() => registry.close());

  it("with a Secret of Docker's form", async () => {
    const secret = dockerConfig(registry.host, registryUser.password);
    expect(await fetchWith(registry, { secret })).toBe("available");
  });

  it("with user name and password", async () => {
    expect(await fetchWith(registry, { secret: registryUser })).toBe("available");
  });

  it("with what the user has stored for this host", async () => {
    const own: Credentials = { kind: "basic", ...registryUser };
    expect(await fetchWith(registry, { own })).toBe("available");
  });

  it("not with what the user has stored when the source names a Secret", async () => {
    const own: Credentials = { kind: "basic", ...registryUser };
    const secret = dockerConfig("elsewhere.example", registryUser.password);
    expect(await fetchWith(registry, { secret, own })).toBe("unauthorized");
  });

  it("not with a wrong password, half of a Secret, a broken one, or nothing", async () => {
    const wrong = dockerConfig(registry.host, "wrong");
    expect(await fetchWith(registry, { secret: wrong })).toBe("unauthorized");
    expect(await fetchWith(registry, { secret: { username: "tester" } })).toBe("invalid");
    expect(await fetchWith(registry, { secret: { ".dockerconfigjson": "{" } })).toBe("invalid");
    expect(await fetchWith(registry, {})).toBe("unauthorized");
  });
});

describe("a token", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await filledRegistry("token");
  });
  afterAll(() => registry.close());

  it("is given for nothing where everybody may read", async () => {
    expect(await fetchWith(registry, {}, "public/app")).toBe("available");
  });

  it("is given for nothing when what the user has stored is no longer right", async () => {
    const own: Credentials = { kind: "basic", username: "tester", password: "old" };
    expect(await fetchWith(registry, { own }, "public/app")).toBe("available");
    expect(await fetchWith(registry, { own })).toBe("unauthorized");
    const secret = { username: "tester", password: "old" };
    expect(await fetchWith(registry, { secret }, "public/app")).toBe("unauthorized");
  });

  it("is given for a refresh token, or is there already", async () => {
    const refresh = (token: string): Promise<string> =>
      fetchWith(registry, { own: { kind: "identity-token", token } });
    expect(await refresh("refresh me")).toBe("available");
    expect(await refresh("wrong")).toBe("unauthorized");
    const token = registry.tokens?.tokenFor("private/app", ["pull"]) ?? "";
    expect(await fetchWith(registry, { own: { kind: "bearer", token } })).toBe("available");
  });

  it("is asked for once, not for each request", async () => {
    const before = registry.tokens?.requests.length ?? 0;
    expect(await fetchWith(registry, { secret: registryUser })).toBe("available");
    expect(registry.tokens?.requests.slice(before)).toEqual([
      "GET /token?service=registry&scope=repository%3Aprivate%2Fapp%3Apull Basic",
    ]);
  });
});

it("are not told when an address can't be used", async () => {
  const charts = { name: "app", version: "1.0.0" };
  const answers = [
    fetchOci({ kind: "oci", url: "oci://tester:hunter2@registry.example/app" }, fetchContext()),
    ...["ftp", "oci", "https"].map((kind) => {
      const repository = `${kind}://tester:hunter2@127.0.0.1:1/charts`;
      return createChartFetcher()({ kind: "chart", repository, ...charts }, fetchContext());
    }),
  ];
  const failures = await Promise.allSettled(answers);
  expect(failures.map(({ status }) => status)).toEqual(answers.map(() => "rejected"));
  const told = failures.map((failure) => String((failure as PromiseRejectedResult).reason));
  expect(told.join("\n")).not.toContain("hunter2");
});

describe("encryption", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ tls: true });
  });
  afterAll(() => registry.close());

  const fetch = (access: object): Promise<string> => {
    const url = `oci://${registry.host}/app`;
    return failureOf(fetchOci({ kind: "oci", url, access }, fetchContext()));
  };

  it("is believed with the authority of the Secret, or unverified with `insecure`", async () => {
    expect(await fetch({ certificates: { "ca.crt": testCertificate } })).toBe("not-found");
    expect(await fetch({ insecure: true })).toBe("not-found");
  });

  it("is not believed otherwise", async () => {
    const url = `oci://${registry.host}/app`;
    const untrusted = fetchOci({ kind: "oci", url }, fetchContext());
    expect(await failureOf(untrusted)).toBe("failed");
  });

  it("is not given up for a token", async () => {
    const realm = "http://127.0.0.1:1/token";
    const server = createServer({ key: testKey, cert: testCertificate }, (_, response) => {
      response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `oci://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
    const access = { certificates: { "ca.crt": testCertificate }, secret: registryUser };
    const answer = fetchOci({ kind: "oci", url, access }, fetchContext());
    expect(await failureOf(answer)).toBe("refused");
  });

  it("needs a certificate together with its key", async () => {
    expect(await fetch({ certificates: { "tls.crt": testCertificate } })).toBe("invalid");
  });
});
