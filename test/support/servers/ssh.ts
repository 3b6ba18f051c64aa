/**
 * An SSH server on loopback that runs `git upload-pack` and, where that is allowed, `git receive-pack` for who has the key, and
 * nothing else. The protocol is that of `@microsoft/dev-tunnels-ssh`: OpenSSH's own server insists on a user of its own when it
 * is started by root.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { basename, join } from "node:path";

import {
  CommandRequestMessage,
  NodeStream,
  SshAlgorithms,
  SshAuthenticationType,
  type SshChannel,
  SshExtendedDataType,
  SshServerSession,
  SshSessionConfiguration,
  SshStream,
} from "@microsoft/dev-tunnels-ssh";

export interface TestSsh {
  readonly port: number;
  /** `ssh://…/repo` for a repository below the root. */
  readonly url: string;
  /** A line for known_hosts. */
  readonly knownHosts: string;
  /** Commands that clients ran, oldest first. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

export interface TestKey {
  readonly privateKey: string;
  /** As in authorized_keys. */
  readonly publicKey: string;
}

/** Made by the real `ssh-keygen`. */
export function makeKey(folder: string, name: string, passphrase = ""): TestKey {
  const file = join(folder, name);
  const args = ["-q", "-t", "ecdsa", "-b", "384", "-N", passphrase, "-C", name, "-f", file];
  execFileSync("ssh-keygen", args, { stdio: "ignore" });
  return {
    privateKey: readFileSync(file, "utf8"),
    publicKey: readFileSync(`${file}.pub`, "utf8"),
  };
}

export interface SshOptions {
  readonly mayPush?: boolean;
}

export async function startSsh(
  root: string,
  authorized: TestKey,
  { mayPush = false }: SshOptions = {},
): Promise<TestSsh> {
  const algorithm = SshAlgorithms.publicKey["ecdsaSha2Nistp384"];
  if (!algorithm) throw new Error("This Node.js has no ECDSA.");
  const hostKey = await algorithm.generateKeyPair();
  const allowed = authorized.publicKey.split(" ")[1] ?? "";
  const commands: string[] = [];
  const sockets = new Set<Socket>();

  async function accept(socket: Socket): Promise<void> {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const session = new SshServerSession(new SshSessionConfiguration(true));
    session.credentials = { publicKeys: [hostKey] };
    session.onAuthenticating((event) => {
      event.authenticationPromise = isAllowed(event.publicKey ?? undefined).then((yes) =>
        yes && event.authenticationType !== SshAuthenticationType.clientPassword ? {} : null,
      );
    });
    session.onChannelOpening(({ channel }) => {
      channel.onRequest((event) => {
        event.isAuthorized = event.requestType === "exec";
        if (!event.isAuthorized) return;
        const { command = "" } = event.request.convertTo(new CommandRequestMessage());
        commands.push(command);
        servePack(root, command, channel, mayPush);
      });
    });
    await session.connect(new NodeStream(socket)).catch(() => socket.destroy());
  }

  async function isAllowed(
    key: { getPublicKeyBytes(): Promise<Buffer | null> } | undefined,
  ): Promise<boolean> {
    return (await key?.getPublicKeyBytes())?.toString("base64") === allowed;
  }

  const server = createServer((socket) => void accept(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const hostBytes = (await hostKey.getPublicKeyBytes())?.toString("base64") ?? "";
  return {
    port,
    url: `ssh://127.0.0.1:${port}/repo`,
    knownHosts: `[127.0.0.1]:${port} ecdsa-sha2-nistp384 ${hostBytes}\n`,
    commands,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function servePack(root: string, command: string, channel: SshChannel, mayPush: boolean): void {
  const [, asked, path = "nothing"] =
    /^git-(upload-pack|receive-pack) '\/([\w.-]+)'$/.exec(command) ?? [];
  const service = asked === "receive-pack" && mayPush ? asked : "upload-pack";
  const child = spawn("git", [service, join(root, basename(path))], {
    stdio: "pipe",
    env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C" },
  });
  const stream = new SshStream(channel);
  child.stdin.on("error", () => {});
  stream.on("error", () => child.kill());
  stream.pipe(child.stdin);
  child.stderr.on("data", (chunk: Buffer) => {
    channel.sendExtendedData(SshExtendedDataType.STDERR, chunk).catch(() => undefined);
  });
  child.stdout.on("data", (chunk: Buffer) => void stream.write(chunk));
  child.on("close", (code) => void channel.close(code ?? 1).catch(() => undefined));
}
