type Choice = Readonly<{
  RUNLEDGER_ERASURE_STONES?: string | undefined;
  RUNLEDGER_ERASURE_STONES_DAYS: number;
  RUNLEDGER_S3_REGION?: string | undefined;
  RUNLEDGER_S3_ENDPOINT?: string | undefined;
}>;

/** Where what was erased is kept outside of all backups; undefined: nowhere. */
export function stonesChoice(config: Choice) {
  const { RUNLEDGER_ERASURE_STONES: place, RUNLEDGER_ERASURE_STONES_DAYS: days } = config;
  const { RUNLEDGER_S3_REGION: region, RUNLEDGER_S3_ENDPOINT: endpoint } = config;
  return place === undefined ? undefined : { place, days, region, endpoint };
}
