it's
SELECT :v, :'v', :"v", x::int, a[1:v], ':v' -- :v
