import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useWhole } from '../api/me';
import { useAction } from '../elements/actions';
import { switchTimeZone, useTimeZone } from '../elements/time-zone';
import { useShortcuts } from './use-shortcuts';

const importPalette = () => import('./palette');
const Palette = lazy(async () => ({ default: (await importPalette()).Palette }));
const ShortcutList = lazy(async () => ({ default: (await import('./shortcut-list')).ShortcutList }));

/** The search of a page says of itself that it is. */
const focusSearch = (): void => document.querySelector<HTMLElement>('[data-page-search]')?.focus();

/** What can be done from everywhere, by keys and by name. */
export function Commands({ onTheme, onSignOut }: { onTheme: () => void; onSignOut: () => void }) {
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  const navigate = useNavigate();
  const go = (to: string) => () => void navigate({ to });
  const isWhole = useWhole('runs:read');
  const goWhole = (to: string) => (isWhole ? go(to) : null);
  useShortcuts();
  // Beforehand, so that no key is lost that somebody types right after Ctrl+K.
  useEffect(() => {
    const idle = requestIdleCallback(() => void importPalette(), { timeout: 3_000 });
    return () => cancelIdleCallback(idle);
  }, []);
  useAction('Open the command palette', () => setOpen('palette'), 'mod+k');
  useAction('Show keyboard shortcuts', () => setOpen('keys'), '?');
  useAction('Search on this page', focusSearch, '/');
  useAction('Go to experiments', go('/'), 'g e');
  useAction('Go to compare', go('/compare'), 'g c');
  useAction('Go to models', goWhole('/models'), 'g m');
  useAction('Go to the inventory', goWhole('/inventory'), 'g i');
  useAction('Go to reports', goWhole('/boards'), 'g r');
  useAction('Go to the ledger', go('/ledger'), 'g l');
  useAction('Go to retention', go('/retention'), 'g t');
  useAction('Go to operations', goWhole('/operations'), 'g o');
  useAction('Switch between dark and light', onTheme, 't');
  useAction(useTimeZone() === 'UTC' ? 'Show times where this machine is' : 'Show times in UTC', switchTimeZone, 'z');
  useAction('Sign out', onSignOut);
  const close = (): void => setOpen(null);
  return (
    <Suspense fallback={null}>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'keys' && <ShortcutList onClose={close} />}
    </Suspense>
  );
}
