import type { RetentionPreview } from '@runledger/contracts/http';
import { formatBytes } from '../elements/format';
import { counted } from './counted';
import { NAMES } from './said';

const heldSaid = ({ runs }: RetentionPreview['points']['held']): string =>
  runs === 0 ? '' : `; a hold keeps those of ${counted(runs, 'other run')}`;

function freedSaid({ bytes, freed }: RetentionPreview['artifacts']): string {
  if (freed === bytes) return '';
  return freed === 0 ? ', all of which others have as well' : `, of which ${formatBytes(freed)} nobody else has`;
}

/** In words, what of a project would go. */
export function previewSaid({ points, artifacts }: RetentionPreview): string[] {
  const ofPoints = `${counted(points.points, 'point')} of ${counted(points.metrics, 'metric')}, in ${counted(points.runs, 'run')}`;
  const ofFiles = `${counted(artifacts.files, 'file')} of ${counted(artifacts.runs, 'run')}, ${formatBytes(artifacts.bytes)}`;
  return [
    `${NAMES.points}: ${points.runs === 0 ? 'nothing' : ofPoints}${heldSaid(points.held)}`,
    `${NAMES.artifacts}: ${artifacts.runs === 0 ? 'nothing' : ofFiles + freedSaid(artifacts)}${heldSaid(artifacts.held)}`,
  ];
}
