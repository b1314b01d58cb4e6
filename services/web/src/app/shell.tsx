import { ActionIcon, AppShell, Burger, Group, NavLink, Text, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useWhole } from '../api/me';
import { signOut } from '../api/session';
import {
  BoxIcon,
  ClockIcon,
  CompareIcon,
  FlaskIcon,
  MoonIcon,
  PulseIcon,
  ReportIcon,
  SealIcon,
  SunIcon,
} from '../elements/icons';
import { Mark } from '../elements/mark';
import { UndoBar } from '../elements/undo-bar';
import { Commands } from './commands';
import classes from './shell.module.css';
import { UserMenu } from './user-menu';

/** `ofAll`: it tells of the whole workspace, and is nothing for who is kept to some of its projects. */
const PLACES: ReadonlyArray<Omit<PlaceParts, 'onGo'> & { ofAll?: true }> = [
  { to: '/', label: 'Experiments', icon: <FlaskIcon />, roots: ['/experiments', '/runs'] },
  { to: '/compare', label: 'Compare', icon: <CompareIcon />, roots: [] },
  { to: '/boards', label: 'Reports', icon: <ReportIcon />, roots: ['/boards'], ofAll: true },
  { to: '/models', label: 'Models', icon: <BoxIcon />, roots: ['/models', '/inventory'], ofAll: true },
  { to: '/ledger', label: 'Ledger', icon: <SealIcon />, roots: ['/ledger'] },
  { to: '/retention', label: 'Retention', icon: <ClockIcon />, roots: ['/retention'] },
  { to: '/operations', label: 'Operations', icon: <PulseIcon />, roots: ['/operations'], ofAll: true },
];

type PlaceParts = Readonly<{
  to: string;
  label: string;
  icon: ReactNode;
  roots: readonly string[];
  onGo: () => void;
}>;

function Place({ to, label, icon, roots, onGo }: PlaceParts) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const here = path === to || roots.some((root) => path.startsWith(root));
  return (
    <NavLink
      component={Link}
      to={to}
      onClick={onGo}
      label={label}
      leftSection={icon}
      active={here}
      aria-current={here ? 'page' : undefined}
      className={classes.place}
    />
  );
}

function useTheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark =
    colorScheme === 'dark' || (colorScheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  return { isDark, change: () => setColorScheme(isDark ? 'light' : 'dark') };
}

function Button({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

const leave = (): void => void signOut();

export function Shell() {
  const { isDark, change } = useTheme();
  const [isOpen, places] = useDisclosure();
  const isWhole = useWhole('runs:read');
  return (
    <AppShell
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      header={{ height: 48 }}
      padding={0}
    >
      <AppShell.Header className={classes.bar}>
        <a href="#content" className={classes.skip}>
          Skip to the content
        </a>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              size="sm"
              hiddenFrom="sm"
              opened={isOpen}
              onClick={places.toggle}
              aria-expanded={isOpen}
              aria-label="Places"
            />
            <Link to="/" className={classes.brand} aria-label="Runledger, to the experiments">
              <Mark />
              <Text span fw={650}>
                Runledger
              </Text>
            </Link>
          </Group>
          <Group gap={4}>
            <Button label={isDark ? 'Use the light theme' : 'Use the dark theme'} onClick={change}>
              {isDark ? <SunIcon /> : <MoonIcon />}
            </Button>
            <UserMenu onSignOut={leave} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className={classes.side} aria-label="Places">
        {PLACES.filter(({ ofAll }) => isWhole || !ofAll).map(({ ofAll: _, ...place }) => (
          <Place key={place.to} {...place} onGo={places.close} />
        ))}
      </AppShell.Navbar>
      <UndoBar />
      <Commands onTheme={change} onSignOut={leave} />
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
