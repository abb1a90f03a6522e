import { matches } from "../scan.ts";
import type { Rule, Tree } from "../tree.ts";

// Each is written with a `~` in it, so that this file does not break its own rule.
const whole = (words: readonly string[], flags: string): RegExp =>
  new RegExp(words.map((word) => word.replaceAll("~", "")).join("|"), flags);

/** Pattern, where it applies, and what to do instead. */
const banned: readonly (readonly [RegExp, RegExp, string])[] = [
  [whole(["\\bTO~DO\\b", "\\bFIX~ME\\b", "\\bX~XX\\b"], "g"), /./, "finish it, or open an issue"],
  [whole(["\\bnot ~implemented\\b", "\\bunimple~mented\\b"], "gi"), /./, "finish it, or leave the name out"],
  [whole(["\\b(?:describe|test|it|suite)\\.on~ly\\("], "g"), /\.tsx?$/, "the other tests would not run"],
  [
    whole(
      ["\\b(?:describe|test|it|suite)\\.(?:sk~ip|to~do)(?:If)?\\((?![^\\n]*(?:\\bbecause\\b|\\.needs\\b))"],
      "g",
    ),
    /\.tsx?$/,
    'say why: "… because …", or the feature that a case needs',
  ],
  [whole(["(?<![\\w.$}:])/(?:wo~rk|ro~ot|Us~ers|ho~me)/\\w"], "g"), /./, "a path of one machine"],
  [
    whole(["\\bregist~ry\\.[a-z]+[.:/]", "\\bverd~accio\\b", "\\bartifac~tory\\b"], "gi"),
    /^(?!pnpm-lock\.yaml$)/,
    "the registry is each user's own choice",
  ],
  [
    whole(
      [
        "\\bchat~gpt\\b",
        "\\bcla~ude\\b",
        "\\bcop~ilot\\b",
        "\\blanguage ~models?\\b",
        "\\bas an ~ai\\b",
        "\\bsub~agents?\\b",
      ],
      "gi",
    ),
    /./,
    "the project speaks of what it does, not of how it was made",
  ],
];

/** Words that mark unfinished work, tests that do not run, and what belongs to one machine. */
export const wordsRule: Rule = {
  name: "words",
  *check(tree: Tree) {
    for (const [path, text] of tree)
      for (const [pattern, where, advice] of banned)
        if (where.test(path))
          for (const { line, found } of matches(text, pattern))
            yield { path, line, message: `"${found}": ${advice}` };
  },
};
