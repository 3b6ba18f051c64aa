/** A real S3 server on loopback (`github.com/versity/versitygw`), which `scripts/build-test-servers.mjs` builds. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { AwsClient } from "aws4fetch";

import { freePorts } from "../free-ports.ts";

const program = fileURLToPath(new URL("../../../.cache/test-servers/s3", import.meta.url));

/** As in the Secret of a Bucket. */
export const s3Keys = { accesskey: "tester", secretkey: "correct horse battery" } as const;
export const s3Region = "eu-test-1";

export interface TestS3 {
  /** `127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Makes the bucket too. Answers the ETag of each object, without quotes. */
  put(
    bucket: string,
    objects: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export async function startS3(): Promise<TestS3> {
  if (!existsSync(program))
    throw new Error("Build the servers of the tests first: node scripts/build-test-servers.mjs");
  const folder = mkdtempSync(join(tmpdir(), "sluice-s3-"));
  for (const name of ["data", "meta"]) mkdirSync(join(folder, name));
  const [port = 0] = await freePorts(1);
  const endpoint = `127.0.0.1:${port}`;
  const child = spawn(
    program,
    [
      ...["--port", endpoint, "--region", s3Region, "--quiet"],
      ...["posix", "--sidecar", join(folder, "meta"), join(folder, "data")],
    ],
    {
      stdio: "ignore",
      env: { ROOT_ACCESS_KEY: s3Keys.accesskey, ROOT_SECRET_KEY: s3Keys.secretkey },
    },
  );
  await untilAnswers(`http://${endpoint}/`, child);
  const client = new AwsClient({
    ...{ accessKeyId: s3Keys.accesskey, secretAccessKey: s3Keys.secretkey },
    ...{ service: "s3", region: s3Region, retries: 0 },
  });
  const send = async (path: string, body?: string): Promise<Response> => {
    const init = { method: "PUT", ...(body !== undefined && { body }) };
    const answer = await client.fetch(`http://${endpoint}/${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    endpoint,
    async put(bucket, objects) {
      await send(bucket);
      const etags: Record<string, string> = {};
      for (const [key, body] of Object.entries(objects)) {
        const path = key.split("/").map(encodeURIComponent).join("/");
        const answer = await send(`${bucket}/${path}`, body);
        etags[key] = (answer.headers.get("etag") ?? "").replaceAll('"', "");
      }
      return etags;
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server says nothing when it is ready, so it is asked. */
async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The S3 server ended with ${child.exitCode ?? child.signalCode}.`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
