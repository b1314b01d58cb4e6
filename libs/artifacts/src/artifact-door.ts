/** What policies of projects say to a door that takes artifacts in. */
export type ArtifactDoor = Readonly<{
  /** Before bytes are read. The log refuses once more what expires meanwhile. @throws Fault conflict RETENTION_EXPIRED */
  takes(workspace: string, run: string): void;
  /**
   * Once bytes are stored, and before anybody is told: resolves when they are locked as their project says.
   * @throws Fault conflict ARTIFACTS_NO_LOCK, unavailable ARTIFACTS_GOING (they were taken away meanwhile), ARTIFACTS_LOCK_REFUSED, ARTIFACTS_AWAY
   */
  lock(of: Readonly<{ workspace: string; project: string }>, digest: string): Promise<void>;
}>;

/** Nothing expires and nothing is locked. */
export const NO_POLICIES: ArtifactDoor = { takes: () => undefined, lock: async () => undefined };
