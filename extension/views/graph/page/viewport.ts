/** Moving and zooming of the drawing: by wheel, by dragging and by keys. */
import type { Point } from "../../../model/graph/layout.ts";

const smallest = 0.1;
const largest = 2;
const margin = 24;

export class Viewport {
  readonly #frame: HTMLElement;
  readonly #plane: HTMLElement;
  #x = 0;
  #y = 0;
  #scale = 1;

  constructor(frame: HTMLElement, plane: HTMLElement) {
    this.#frame = frame;
    this.#plane = plane;
    frame.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#onPress(event));
  }

  /** Shows everything, if that is no smaller than `least`; else the beginning of it. */
  fit({ width, height }: { readonly width: number; readonly height: number }, least: number): void {
    const { clientWidth, clientHeight } = this.#frame;
    const scale = Math.min(
      (clientWidth - 2 * margin) / width,
      (clientHeight - 2 * margin) / height,
      1,
    );
    this.#scale = clamp(scale, least);
    this.#x = Math.max(margin, (clientWidth - width * this.#scale) / 2);
    this.#y = Math.max(margin, (clientHeight - height * this.#scale) / 2);
    this.#apply();
  }

  /** Towards the middle of the frame. */
  zoom(factor: number): void {
    this.#zoomAt(factor, this.#frame.clientWidth / 2, this.#frame.clientHeight / 2);
  }

  /** Moves as little as needed to have a rectangle around the point in sight. */
  show({ x, y }: Point, width: number, height: number): void {
    const { clientWidth, clientHeight } = this.#frame;
    this.#x += correction(
      this.#x + (x - width / 2) * this.#scale,
      this.#x + (x + width / 2) * this.#scale,
      clientWidth,
    );
    this.#y += correction(
      this.#y + (y - height / 2) * this.#scale,
      this.#y + (y + height / 2) * this.#scale,
      clientHeight,
    );
    this.#apply();
  }

  center({ x, y }: Point): void {
    this.#x = this.#frame.clientWidth / 2 - x * this.#scale;
    this.#y = this.#frame.clientHeight / 2 - y * this.#scale;
    this.#apply();
  }

  /** After a new layout: what was at `before` and is now at `after` stays where it was seen. */
  follow(before: Point, after: Point): void {
    this.#x += (before.x - after.x) * this.#scale;
    this.#y += (before.y - after.y) * this.#scale;
    this.#apply();
  }

  /** The point of the drawing in the middle of the frame. */
  get middle(): Point {
    return {
      x: (this.#frame.clientWidth / 2 - this.#x) / this.#scale,
      y: (this.#frame.clientHeight / 2 - this.#y) / this.#scale,
    };
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey) {
      const { left, top } = this.#frame.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY / 400);
      return this.#zoomAt(factor, event.clientX - left, event.clientY - top);
    }
    const [x, y] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
    this.#x -= x;
    this.#y -= y;
    this.#apply();
  }

  #onPress(press: PointerEvent): void {
    const onNode = press.target instanceof Element && press.target.closest(".node") !== null;
    if (press.button > 1 || (onNode && press.button === 0)) return;
    const [startX, startY] = [this.#x - press.clientX, this.#y - press.clientY];
    const onMove = (move: PointerEvent): void => {
      this.#x = startX + move.clientX;
      this.#y = startY + move.clientY;
      this.#apply();
    };
    const onEnd = (): void => {
      this.#frame.removeEventListener("pointermove", onMove);
      this.#frame.classList.remove("dragging");
    };
    this.#frame.setPointerCapture(press.pointerId);
    this.#frame.classList.add("dragging");
    this.#frame.addEventListener("pointermove", onMove);
    this.#frame.addEventListener("pointerup", onEnd, { once: true });
    this.#frame.addEventListener("pointercancel", onEnd, { once: true });
  }

  #zoomAt(factor: number, x: number, y: number): void {
    const scale = clamp(this.#scale * factor, smallest);
    this.#x = x - ((x - this.#x) * scale) / this.#scale;
    this.#y = y - ((y - this.#y) * scale) / this.#scale;
    this.#scale = scale;
    this.#apply();
  }

  #apply(): void {
    const { style } = this.#plane;
    style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`;
  }
}

function correction(from: number, to: number, size: number): number {
  if (from < margin) return margin - from;
  return to > size - margin ? Math.max(size - margin - to, margin - from) : 0;
}

function clamp(scale: number, least: number): number {
  return Math.min(largest, Math.max(least, scale));
}
