import icon from '../icon.svg';

export const Mark = ({ size = 26 }: { size?: number }) => <img src={icon} width={size} height={size} alt="" />;
