/** Ranges of tags, resolved by the engine, which links the library of source-controller. */
import { expect, it, onTestFinished } from "vitest";

import { versionPicker } from "#simulator";

import { createNodeEngine } from "../../../simulator/node/engine-pool.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import { describeAnswer, optionsOf, serve } from "../../support/sources.ts";
import { git, temporaryRepository } from "../../support/temporary-repository.ts";

it("picks the tag that source-controller picks", async () => {
  const engine = createNodeEngine({ jobs: 1 });
  onTestFinished(() => engine.dispose());
  const repository = temporaryRepository({ a: "1" });
  const tags = [
    "v1.0.0",
    "1.2.0",
    "v1.10.0",
    "v1.11.0-rc.1",
    "v2.0.0",
    "1.3",
    "latest",
    "v3.0.0+x",
  ];
  for (const tag of tags) git(repository, "tag", tag);
  const { url } = await serve(repository);
  const sources = createSources(optionsOf({ pickVersion: versionPicker(engine) }));
  const picked = async (semver: string): Promise<unknown> => {
    const answer = await sources.fetch({ kind: "git", url: `${url}/repo`, ref: { semver } });
    return answer.outcome === "available"
      ? answer.tree.revision.replace(/@.*/, "")
      : describeAnswer(answer);
  };
  const cases = [
    ["1.x", "v1.10.0"],
    ["~1.2", "1.2.0"],
    [">=1.11.0-0 <2.0.0", "v1.11.0-rc.1"],
    [">=2.0.0", "v3.0.0+x"],
    ["*", "v3.0.0+x"],
    ["4.x", "not-found"],
    ["no range", "not-found"],
  ] as const;
  for (const [semver, tag] of cases) expect([semver, await picked(semver)]).toEqual([semver, tag]);
});
