import { useLocalStorage } from '@mantine/hooks';
import { useEffect } from 'react';
import { currentActions } from '../elements/actions';
import { matchKeys, nameOfKey } from '../elements/match-keys';

const SEQUENCE_MS = 1_500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || isTextInput(target));
const isTextInput = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit)$/.test(target.type);

/** Single keys may be switched off, since voice control and tremor press them by chance. */
export const useSingleKeys = () =>
  useLocalStorage({ key: 'runledger.single-keys', defaultValue: true, getInitialValueInEffect: false });

/** Listens for the keys of all actions that are offered. */
export function useShortcuts(): void {
  const [singleKeys] = useSingleKeys();
  useEffect(() => {
    let pending = '';
    let since = 0;
    const listen = (event: KeyboardEvent): void => {
      const key = nameOfKey(event);
      if (key === null || event.defaultPrevented) return;
      const isChord = key.startsWith('mod+');
      if (!isChord && (!singleKeys || isTyping(event.target))) return;
      const matched = matchKeys(currentActions(), event.timeStamp - since > SEQUENCE_MS ? '' : pending, key);
      ({ pending } = matched);
      since = event.timeStamp;
      if (matched.action === null) return;
      event.preventDefault();
      matched.action.run();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [singleKeys]);
}
