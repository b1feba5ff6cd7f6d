# States and times.

ago-days = { $count ->
    [one] há { $count } dia
   *[other] há { $count } dias
}
ago-hours = { $count ->
    [one] há { $count } hora
   *[other] há { $count } horas
}
ago-minutes = { $count ->
    [one] há { $count } minuto
   *[other] há { $count } minutos
}
ago-now = agora mesmo
ahead-days = { $count ->
    [one] em { $count } dia
   *[other] em { $count } dias
}
ahead-hours = { $count ->
    [one] em { $count } hora
   *[other] em { $count } horas
}
ahead-minutes = { $count ->
    [one] em { $count } minuto
   *[other] em { $count } minutos
}
ahead-seconds = { $count ->
    [one] em { $count } segundo
   *[other] em { $count } segundos
}
outcome-refused = Recusado
outcome-served = Recebeu seu arquivo
outcome-unchanged = Já tem seu arquivo
state-blocked = Bloqueado
state-expired = Licença vencida
state-no-license = Sem licença
state-not-yet-valid = Licença ainda não válida
state-product-missing = Produto não licenciado
state-seats-exceeded = Retido: sem vaga
state-undecidable = Indecidível
state-works = Funciona
sync-asked = Foi chamado
sync-cannot-be-asked = Não alcançável
sync-did-not-fetch = Não buscou
sync-fetched = Em dia
sync-never-fetched = Nunca buscou
sync-wanted = Será chamado
