import { type DataSource, LessThan } from 'typeorm';
import { heldSql, recordedSql } from './as-of';
import {
  type ArtifactEntity,
  artifactEntity,
  type CodeEntity,
  type ConflictEntity,
  codeEntity,
  conflictEntity,
  type EnvironmentEntity,
  environmentEntity,
  type InputEntity,
  inputEntity,
  isLate,
  type LinkEntity,
  linkEntity,
  type ParamEntity,
  paramEntity,
  type TagEntity,
  tagEntity,
} from './read-entities';
import type { RunRecord } from './run.repository';

/** The run whose parts are asked for. Its finish tells which of them came late; they are read as of its cut. */
type OfRun = Pick<RunRecord, 'run' | 'finish'> & Partial<Pick<RunRecord, 'cut'>>;
/** `late`: recorded after the run's finish was. */
export type Part<T> = Omit<T, 'workspace' | 'run' | 'endOffset' | 'identity'> & Readonly<{ late: boolean }>;
/** Sorted by name; `after` is the last name of the page before. */
export type NamePage = Readonly<{ after?: string | undefined; limit: number }>;
export type ArtifactPage = NamePage & Readonly<{ prefix?: string | undefined }>;

export type ParamRecord = Part<ParamEntity>;
export type TagRecord = Part<TagEntity>;
export type InputRecord = Part<InputEntity>;
export type LinkRecord = Part<LinkEntity>;
export type DatasetRecord = Readonly<{ experiment: string; name: string; digest: string; context: string }>;
export type ArtifactRecord = Part<ArtifactEntity>;
export type CodeRecord = Part<CodeEntity>;
export type EnvironmentRecord = Part<EnvironmentEntity>;
export type ConflictRecord = Omit<ConflictEntity, 'workspace' | 'run' | 'digest'>;

type Row = Readonly<{ workspace: string; run: string; offset: number; ordinal: number }>;

function partOf<T extends Row>(of: OfRun, row: T): Part<T> {
  const rest: Record<string, unknown> = { ...row, late: isLate(of.finish, row) };
  for (const name of ['workspace', 'run', 'endOffset', 'identity']) delete rest[name];
  return rest as Part<T>;
}

const recordedBy = (cut: number | null) => (cut === null ? {} : { offset: LessThan(cut) });
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** What a run logged, as it stands now. */
export const createRunPartReads = (source: DataSource) => ({
  async listParams(workspace: string, of: OfRun, { after, limit }: NamePage): Promise<ParamRecord[]> {
    const rows = await source
      .getRepository(paramEntity)
      .createQueryBuilder('p')
      .where(`p.workspace = :workspace and p.run = :run and p.key > :after and ${recordedSql('p', of.cut ?? null)}`, {
        workspace,
        run: of.run,
        after: after ?? '',
      })
      .orderBy('p.key')
      .limit(limit)
      .getMany();
    return rows.map((row) => partOf(of, row));
  },

  async listTags(workspace: string, of: OfRun, { after, limit }: NamePage): Promise<TagRecord[]> {
    const rows = await source
      .getRepository(tagEntity)
      .createQueryBuilder('t')
      .where(`t.workspace = :workspace and t.run = :run and ${heldSql('t', of.cut ?? null)}`, {
        workspace,
        run: of.run,
      })
      .andWhere('t.key > :after', { after: after ?? '' })
      .orderBy('t.key')
      .limit(limit)
      .getMany();
    return rows.map((row) => partOf(of, row));
  },

  /** In the order of their names; of one name by digest and context. All of them: a request carries at most 1,000. */
  async listInputs(workspace: string, of: OfRun): Promise<InputRecord[]> {
    const rows = await source.getRepository(inputEntity).find({
      where: { workspace, run: of.run, ...recordedBy(of.cut ?? null) },
      order: { name: 'ASC', digest: 'ASC', context: 'ASC' },
      take: 10_000,
    });
    return rows.map((row) => partOf(of, row));
  },

  /** In the order in which they were first said. */
  async listLinks(workspace: string, of: OfRun, limit: number): Promise<LinkRecord[]> {
    const rows = await source.getRepository(linkEntity).find({
      where: { workspace, run: of.run, ...recordedBy(of.cut ?? null) },
      order: { offset: 'ASC', ordinal: 'ASC', kind: 'ASC', uri: 'ASC', externalId: 'ASC', version: 'ASC' },
      take: limit,
    });
    return rows.map((row) => partOf(of, row));
  },

  /** Datasets that runs of these experiments read, each once. */
  async listDatasets(workspace: string, experiments: readonly string[], limit: number): Promise<DatasetRecord[]> {
    return source.query(
      `select distinct r.experiment, i.name, i.digest, i.context
       from read.run r join read.run_input i using (workspace, run)
       where r.workspace = $1 and r.to_off is null and r.experiment = any ($2)
       order by r.experiment, i.name, i.digest, i.context limit $3`,
      [workspace, experiments, limit],
    );
  },

  async listArtifacts(workspace: string, of: OfRun, { after, limit, prefix }: ArtifactPage): Promise<ArtifactRecord[]> {
    const select = source
      .getRepository(artifactEntity)
      .createQueryBuilder('a')
      .where(`a.workspace = :workspace and a.run = :run and ${heldSql('a', of.cut ?? null)}`, {
        workspace,
        run: of.run,
      })
      .andWhere('a.path > :after', { after: after ?? '' });
    if (prefix !== undefined) select.andWhere('a.path like :like', { like: `${escapeLike(prefix)}%` });
    return (await select.orderBy('a.path').limit(limit).getMany()).map((row) => partOf(of, row));
  },

  async findArtifact(workspace: string, of: OfRun, path: string): Promise<ArtifactRecord | null> {
    const row = await source
      .getRepository(artifactEntity)
      .createQueryBuilder('a')
      .where(`a.workspace = :workspace and a.run = :run and ${heldSql('a', of.cut ?? null)}`, {
        workspace,
        run: of.run,
      })
      .andWhere('md5(a.path) = md5(:path) and a.path = :path', { path })
      .getOne();
    return row === null ? null : partOf(of, row);
  },

  async getCode(workspace: string, of: OfRun): Promise<CodeRecord | null> {
    const row = await source
      .getRepository(codeEntity)
      .createQueryBuilder('c')
      .where(`c.workspace = :workspace and c.run = :run and ${heldSql('c', of.cut ?? null)}`, {
        workspace,
        run: of.run,
      })
      .getOne();
    return row === null ? null : partOf(of, row);
  },

  async getEnvironment(workspace: string, of: OfRun): Promise<EnvironmentRecord | null> {
    const row = await source
      .getRepository(environmentEntity)
      .createQueryBuilder('e')
      .where(`e.workspace = :workspace and e.run = :run and ${heldSql('e', of.cut ?? null)}`, {
        workspace,
        run: of.run,
      })
      .getOne();
    return row === null ? null : partOf(of, row);
  },

  /** In the order of the log. */
  async listConflicts(workspace: string, of: Pick<OfRun, 'run' | 'cut'>, limit: number): Promise<ConflictRecord[]> {
    const rows = await source.getRepository(conflictEntity).find({
      where: { workspace, run: of.run, ...recordedBy(of.cut ?? null) },
      order: { offset: 'ASC', ordinal: 'ASC', item: 'ASC' },
      take: limit,
    });
    return rows.map(({ workspace: _workspace, run: _run, digest: _digest, ...row }) => row);
  },
});
