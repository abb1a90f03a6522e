import { transportCases } from "@eunomia/conformance";
import { describe, test } from "vitest";
import { memorySubject, tcpClientSubject, tcpSubject, tlsSubject } from "./worlds.ts";

const subjects = [
  { name: "memory", subject: memorySubject, features: ["ordered", "bounded", "restart"] },
  { name: "tcp, every node a server", subject: tcpSubject, features: ["ordered", "bounded", "restart"] },
  { name: "tcp with TLS", subject: tlsSubject, features: ["ordered", "bounded", "restart"] },
  { name: "tcp, a client without a server", subject: tcpClientSubject, features: ["ordered", "bounded"] },
];

for (const { name, subject, features } of subjects) {
  describe(name, () => {
    for (const one of transportCases)
      test.skipIf(one.needs !== undefined && !features.includes(one.needs))(one.name, () => one.run(subject));
  });
}
