/** Helm repositories that are encrypted, and that want to see a certificate. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { expect, it, onTestFinished } from "vitest";

import type { ChartSourceRequest } from "#simulator";

import { createChartFetcher } from "../../../../simulator/node/helm-repository/fetch-chart.ts";
import { chartArchive } from "../../../support/archives.ts";
import { failureOf, fetchContext } from "../../../support/fetch-context.ts";
import { testCertificate, testKey } from "../../../support/tls.ts";

interface Repository {
  readonly url: string;
  /** Path, and whether the client showed a certificate, oldest first. */
  readonly requests: readonly string[];
}

/** Serves `app` 1.0.0, whose archive is at `archiveUrl`. */
async function serve(archiveUrl = "app.tgz"): Promise<Repository> {
  const requests: string[] = [];
  const archive = await chartArchive("app", "1.0.0");
  const index = `apiVersion: v1\nentries:\n  app:\n  - name: app\n    urls:\n    - ${archiveUrl}\n    version: 1.0.0\n`;
  const tls = { key: testKey, cert: testCertificate, ca: testCertificate };
  const options = { ...tls, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, ({ url, socket }, response) => {
    const shown = (socket as TLSSocket).authorized ? " with certificate" : "";
    requests.push(`${url ?? ""}${shown}`);
    response.end(url === "/index.yaml" ? index : archive);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const request = (repository: string, more: Partial<ChartSourceRequest>): ChartSourceRequest => ({
  kind: "chart",
  repository,
  name: "app",
  version: "1.0.0",
  ...more,
});
const certificates = { "ca.crt": testCertificate, "tls.crt": testCertificate, "tls.key": testKey };

it("see it, and nobody else does", async () => {
  const elsewhere = await serve();
  const repository = await serve(`${elsewhere.url}/app.tgz`);
  const answer = createChartFetcher()(
    request(repository.url, { access: { certificates } }),
    fetchContext(),
  );
  expect(await failureOf(answer)).toBe("available");
  expect(repository.requests).toEqual(["/index.yaml with certificate"]);
  expect(elsewhere.requests).toEqual(["/app.tgz"]);
});

it("see it with the older names, in the other Secret", async () => {
  const repository = await serve();
  const secret = { caFile: testCertificate, certFile: testCertificate, keyFile: testKey };
  const answer = createChartFetcher()(
    request(repository.url, { access: { secret } }),
    fetchContext(),
  );
  expect(await failureOf(answer)).toBe("available");
  expect(repository.requests).toEqual([
    "/index.yaml with certificate",
    "/app.tgz with certificate",
  ]);
});

it("are not believed without their authority", async () => {
  const repository = await serve();
  const answer = createChartFetcher()(request(repository.url, {}), fetchContext());
  expect(await failureOf(answer)).toBe("failed");
});
