/** What XML cannot hold: control characters and halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not come through
const unfit = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const marks: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for SVG and HTML, in elements and in attributes. Nothing in it can end either. */
export function escaped(text: string): string {
  return text.replace(unfit, "\ufffd").replace(/[&<>"']/g, (mark) => marks[mark]!);
}

/** A coordinate with at most two decimals: short files that are equal on every machine. */
export function coordinate(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** How wide a sans-serif letter is on average, as a part of the font's size; generous, so that text stays inside. */
const letter = 0.58;

/** Estimated width of a text in pixels. */
export function widthOf(text: string, size: number): number {
  return [...text].length * size * letter;
}

/** The text, cut with an ellipsis to fit; empty if not even two letters do. */
export function fitted(text: string, width: number, size: number): string {
  const letters = [...text];
  const fit = Math.floor(width / (size * letter));
  if (letters.length <= fit) return text;
  return fit < 3 ? "" : `${letters.slice(0, fit - 1).join("")}…`;
}

/** A share as a percentage, digits as they matter. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 9.995 ? value.toFixed(1) : value.toFixed(2)} %`;
}

/** A count for a picture: whole numbers as they are, others with three significant digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return Number(value.toPrecision(3)).toString();
}

/** "1 node", "2 nodes". */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
