import type { ReactNode } from 'react';

const drawn = (content: ReactNode) =>
  function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.8}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {content}
      </svg>
    );
  };

export const FlaskIcon = drawn(<path d="M9 3h6M10 3v6l-5.4 9A2 2 0 0 0 6.3 21h11.4a2 2 0 0 0 1.7-3L14 9V3M7.5 15h9" />);
export const SunIcon = drawn(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
  </>,
);
export const MoonIcon = drawn(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />);
export const ReportIcon = drawn(<path d="M4 4h7v9H4zM14 4h6v5h-6zM14 12h6v8h-6zM4 16h7v4H4z" />);
export const SearchIcon = drawn(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </>,
);
export const UserIcon = drawn(<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5" />);
export const SignOutIcon = drawn(<path d="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 16l-4-4 4-4M6 12h9" />);
export const BoxIcon = drawn(<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" />);
export const PulseIcon = drawn(<path d="M3 12h4l3-8 4 16 3-8h4" />);
export const SealIcon = drawn(<path d="M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM8.5 12l2.5 2.5 4.5-5" />);
export const ClockIcon = drawn(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5l3.5 2" />
  </>,
);
export const ExpandIcon = drawn(<path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />);
export const ColumnsIcon = drawn(<path d="M4 5h16v14H4zM9.5 5v14M14.5 5v14" />);
export const DownloadIcon = drawn(<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />);
export const FullScreenIcon = drawn(<path d="M4 5h16v11H4zM9 20h6M12 16v4" />);
export const LayersIcon = drawn(<path d="M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4" />);
export const CompareIcon = drawn(<path d="M3 17l5-6 4 3 4-7 5 4M3 21h18" />);
export const LinkIcon = drawn(
  <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1" />,
);
export const TrophyIcon = drawn(
  <path d="M8 4h8v6a4 4 0 0 1-8 0zM8 6H4c0 3 1.5 5 4 5M16 6h4c0 3-1.5 5-4 5M12 14v4M8.5 20h7" />,
);
export const BookmarkIcon = drawn(<path d="M7 4h10v16l-5-4-5 4z" />);
