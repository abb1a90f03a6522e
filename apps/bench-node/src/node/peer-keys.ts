import { fromHex } from "@eunomia/codec";
import { hmacAuthenticator, pairSecret, plainAuthenticator } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import type { Authenticator } from "@eunomia/engine";
import type { ClusterSecrets } from "./config.ts";

/** Whom a node knows: makes senders of packets. */
export interface PeerKeys {
  readonly authenticator: Authenticator;
  admitNode(id: string): void;
  admitClient(id: string): void;
  forget(id: string): void;
}

/** Secrets that all share: whoever has the clients' one can speak for any client. For one machine or a closed network. */
export function sharedKeys(self: string, cluster: string, secrets: ClusterSecrets): PeerKeys {
  const clients = fromHex(secrets.clients);
  const keys = { kind: "cluster", secret: fromHex(secrets.nodes), peers: [] } as const;
  const authenticator = hmacAuthenticator({ self, cluster, keys, provider: native });
  return {
    authenticator,
    admitNode: (id) => authenticator.admit(id),
    admitClient: (id) => authenticator.admit(id, pairSecret(native, clients, id, self)),
    forget: (id) => authenticator.forget(id),
  };
}

/** With TLS the transport has made sure who everybody is, and the driver takes a packet on its sender's connection only. */
export function certifiedKeys(self: string, cluster: string): PeerKeys {
  const authenticator = plainAuthenticator({ self, cluster, peers: [] });
  return {
    authenticator,
    admitNode: (id) => authenticator.admit(id),
    admitClient: (id) => authenticator.admit(id),
    forget: (id) => authenticator.forget(id),
  };
}
