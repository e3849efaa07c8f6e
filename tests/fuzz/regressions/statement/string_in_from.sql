CREATE VIEW v aS WITH t AS (SELECT * FROM t) SELECT tublic.u.x, t.* FROM t, public.u,'L________e) l;
CREATE SCVIEERA E' C