import { type JournalSubject, journalCases, refusals } from "@eunomia/conformance";
import { describe, expect, test } from "vitest";
import { fileSubject, forgetful, lyingDisk, memorySubject } from "./journal-worlds.ts";
import { naiveSubject } from "./naive-journal.ts";

const subjects: { name: string; subject: JournalSubject; features: string[] }[] = [
  { name: "memory, main", subject: memorySubject("main"), features: [] },
  { name: "memory, pool", subject: memorySubject("pool"), features: [] },
];
for (const sync of ["main", "pool", "auto"] as const) {
  for (const flush of ["write-through", "fdatasync"] as const) {
    const subject = fileSubject({ sync, flush, syncOnMainBelowBytes: 600 });
    subjects.push({ name: `file, ${sync}, ${flush}`, subject, features: ["crash-points"] });
  }
}
subjects.push({ name: "a naive log without faults", subject: naiveSubject({}), features: ["crash-points"] });

for (const { name, subject, features } of subjects) {
  describe(name, () => {
    for (const one of journalCases) {
      test.skipIf(one.needs !== undefined && !features.includes(one.needs))(one.name, () => one.run(subject));
    }
  });
}

describe("broken twins are refused", () => {
  const twins: { name: string; subject: JournalSubject; by: string }[] = [
    {
      name: "acknowledges before the sync",
      subject: fileSubject({ flush: "fdatasync" }, { disk: lyingDisk }),
      by: "what was synced survives a crash",
    },
    {
      name: "takes unreadable for absent",
      subject: fileSubject({}, { journal: forgetful }),
      by: "damage is unreadable",
    },
    { name: "ignores checksums", subject: naiveSubject({ noChecksum: true }), by: "damage is unreadable" },
    {
      name: "tries a failed sync again",
      subject: naiveSubject({ triesAgain: true }),
      by: "a failed disk stays failed",
    },
    {
      name: "writes the snapshot in place",
      subject: naiveSubject({ snapshotInPlace: true }),
      by: "a crash within a snapshot",
    },
  ];
  for (const { name, subject, by } of twins) {
    test(name, async () => {
      const refused = await refusals(journalCases, subject, ["crash-points"]);
      expect(refused.map((one) => one.name)).toContain(by);
    });
  }
});
