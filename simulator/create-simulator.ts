/** Composes the simulator from its stages. */
import type { Simulator, SimulatorPorts } from "./simulator.ts";

export function createSimulator(_ports: SimulatorPorts): Simulator {
  throw new Error("not yet");
}
