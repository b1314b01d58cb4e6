import { BoxplotChart, HeatmapChart, ParallelChart, ScatterChart } from 'echarts/charts';
import { GridComponent, ParallelComponent, VisualMapComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// No tooltip among them: what a point stands for is told by the page, as text.
use([
  BoxplotChart,
  HeatmapChart,
  ParallelChart,
  ScatterChart,
  GridComponent,
  ParallelComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export { init };
