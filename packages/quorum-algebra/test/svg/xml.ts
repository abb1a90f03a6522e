/** What is wrong with a text as XML, as far as our pictures use it: tags in pairs, attributes in quotes, no open signs. */
export function troubleOfXml(text: string): string | null {
  const open: string[] = [];
  const rest = text
    .replace(/<style>[^<]*<\/style>/, "")
    .replace(/<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w-]*="[^"<]*")*)\s*(\/?)>/g, (_, end, name, __, self) => {
      if (end === "/" && open.pop() !== name) open.push(`unpaired ${name}`);
      if (end === "" && self === "") open.push(name);
      return "";
    });
  if (open.length > 0) return open.join(", ");
  const sign = /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.exec(rest);
  if (sign !== null) return `"${rest.slice(sign.index, sign.index + 30)}"`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u.test(text)
    ? "a sign that XML lacks"
    : null;
}
