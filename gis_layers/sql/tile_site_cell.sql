-- Layer cell: points {n, off}, how many sites stand in a cell of 1/16 tile and how many of them are offline.
-- Only counts of villages in the reader's subtrees are summed, and the point is where those sites stand on average, so
-- that neither number nor place gives away what others have. Secret sites were never counted. lean 2 changes nothing:
-- a tile has 256 cells at most.
SELECT ST_AsMVT(cell, 'cell', 4096, 'shape')
FROM (
    SELECT
        sum(total)::int AS n,
        sum(offline)::int AS off,
        ST_AsMVTGeom(
            ST_SetSRID(ST_MakePoint(sum(ST_X(shape) * total) / sum(total), sum(ST_Y(shape) * total) / sum(total)), 3857),
            ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 0, true
        ) AS shape
    FROM gis_layers_sitecell
    WHERE zoom = %(z)s::smallint
        AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)
        AND cell / 4294967296 / 16 = %(x)s AND cell & 4294967295 BETWEEN %(y)s * 16 AND %(y)s * 16 + 15
        AND path ^@ ANY(%(paths)s::text[])
    GROUP BY gis_layers_sitecell.cell
) AS cell
